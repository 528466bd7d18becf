"""A tiny language model behind a real server that speaks OpenAI's protocol, for tests of sampling."""
