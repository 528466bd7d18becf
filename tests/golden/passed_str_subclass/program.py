    class Text(str):
        pass

    return Text(text.upper())
