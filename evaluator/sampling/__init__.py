"""Drawing completions from a model: one behind an OpenAI-compatible server, or local weights."""
