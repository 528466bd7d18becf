    import asyncio, tempfile, threading
    from dataclasses import dataclass

    @dataclass
    class Box:
        items: list

    async def later(box):
        await asyncio.sleep(0)
        return sorted(box.items)

    answers = []
    thread = threading.Thread(target=lambda: answers.append(asyncio.run(later(Box(items)))))
    thread.start()
    thread.join()
    with tempfile.TemporaryFile() as file:
        file.write(repr(answers).encode())
        file.seek(0)
        return eval(file.read())[0]
