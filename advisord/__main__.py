"""`python -m advisord`."""

from advisord.cli import program

if __name__ == "__main__":
    program()
