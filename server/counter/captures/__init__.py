"""What is put on the table in a session: pictures of materials, signatures, recognised text.

Bytes that people bring are looked at only in child processes with limits (`confined`); the server
itself moves them and never decodes them.
"""
