"""One program a figure; each compares with a peer or a limit measured in the same run."""
