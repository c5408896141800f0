"""What each person is shown of a room: streams of entries, lists, details."""
