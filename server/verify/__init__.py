"""The check that anybody can run on an archive or on signed minutes, without the server."""
