    größe = text.upper()  # “Größe” 🎈
    return größe
