    items.sort()
    return items
