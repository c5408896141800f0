"""What is served, where, by whom and when."""
