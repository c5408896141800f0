"""Bytes in, bytes out: sealing, hashing, shares and signatures, without input or output."""
