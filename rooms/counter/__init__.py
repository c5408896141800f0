"""The counter session: a matter settled by video across regions (跨域通办)."""
