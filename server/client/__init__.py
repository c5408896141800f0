"""Programs that take part over HTTP: in openings as bidder and trustee, in sessions as anybody."""
