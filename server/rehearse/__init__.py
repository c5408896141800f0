"""A whole opening over the real interfaces: the rehearsal before a real one."""
