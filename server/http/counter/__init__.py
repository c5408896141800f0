"""The interface of counter sessions, one module a resource."""
