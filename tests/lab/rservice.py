"""Stands for rlogind and rshd under inetd: speaks the opening of RFC 1282, then refuses."""
import os

os.read(0, 512)
os.write(1, b'\x01Permission denied.\n')
