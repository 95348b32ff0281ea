"""Other people's text, made safe for one line of a terminal."""


def printable(text: str) -> str:
    """One line without control or bidirectional characters."""
    if text.isprintable():
        return text.strip()
    return "".join(character if character.isprintable() else " " for character in text).strip()
