"""The shell: HTTP, sockets, storage, documents and the command line around the domain."""
