"""What `bench.media` puts on engines: senders, viewers, and the least that forwarding can cost."""
