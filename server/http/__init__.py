"""HTTP: parse, act, answer. One module a resource, one route table."""
