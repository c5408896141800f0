"""Live media by Janus (VideoRoom), on one node or several."""
