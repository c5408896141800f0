"""Programs that take part in an opening over HTTP: the bidder's and the trustee's side."""
