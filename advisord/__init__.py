"""advisord: one honest tracking issue for every vulnerable dependency that is in scope."""

__version__ = "0.1.0"
