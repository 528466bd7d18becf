    return (n / 2
