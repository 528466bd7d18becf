"""Ours, bandit and ruff's S rules as commands that read a folder and say what they found in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.labelled_pairs import Pair

# What the peers report of every function or of none: imports alone, programs started without a path or
# without a shell, swallowed exceptions, whole files that don't parse. Left out on both twins.
_PEERS_NOISE = (
    *("B110", "B112", "B404", "B603", "B607"),
    *("S110", "S112", "S404", "S603", "S607", "invalid-syntax"),
)
_PEERS_IMPORTS = ("B40", "B41", "S40", "S41")
_PEERS_ASSERTS = ("B101", "S101")

# Put above each sample for the scanners that don't know the usual names without their imports.
ASSUMED_IMPORTS = """\
import ast, asyncio, base64, csv, datetime, ftplib, hashlib, hmac, html, http.server, io, json, logging
import marshal, math, os, pickle, random, re, secrets, shelve, shlex, shutil, smtplib, socket, sqlite3, ssl
import string, struct, subprocess, sys, tarfile, tempfile, time, urllib.parse, urllib.request, uuid
import xml.dom.minidom, xml.etree.ElementTree, xml.etree.ElementTree as ET, xml.sax, zipfile
import aiohttp, bcrypt, defusedxml, flask, httpx, jinja2, joblib, jsonpickle, jwt, ldap, ldap3, lxml.etree
import markupsafe, numpy as np, pandas as pd, paramiko, psycopg2, pymysql, requests, torch, uvicorn, yaml
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, quote, urlparse
from urllib.request import urlopen
from lxml import etree
from jinja2 import Environment, FileSystemLoader, select_autoescape
from flask import Flask, Response, flash, make_response, redirect, render_template, render_template_string
from flask import jsonify, request, send_file, send_from_directory, session, url_for
from fastapi import APIRouter, FastAPI, HTTPException, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from django.db.models.expressions import RawSQL
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.safestring import mark_safe
from markupsafe import Markup, escape
from sqlalchemy import create_engine, text
from Crypto.Cipher import AES, ARC4, Blowfish, DES, DES3
from Crypto.Hash import MD4, MD5, SHA, SHA256, SHA512
from Crypto.PublicKey import DSA, RSA
from Crypto.Random import get_random_bytes
from Crypto.Util.Padding import pad, unpad
from cryptography.hazmat.backends import default_backend
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
"""


@dataclass(frozen=True)
class Found:
    """A finding: name of the file without its suffix, line, rule, and the CWE that ours says (peers: 0)."""

    stem: str
    line: int
    rule: str
    cwe: int


@dataclass(frozen=True)
class Scanner:
    """`command` is run with a folder after it; `read` takes its output apart."""

    name: str
    command: tuple[str, ...]
    read: Callable[[str], Iterator[Found]]
    counts: Callable[[Found, Pair], bool]

    def noise(self, found: Found) -> bool:
        """Whether a finding says nothing about the function that it is in."""
        return found.rule in _PEERS_NOISE or found.rule.startswith(_PEERS_IMPORTS)


def _own_cwe(found: Found, pair: Pair) -> bool:
    """Ours names the weakness, so the name has to be right."""
    return found.cwe in pair.cwes


def _anything(found: Found, pair: Pair) -> bool:
    """Peers are believed: any finding is taken for the pair's weakness, asserts where they are the theme."""
    return pair.family == "asserts" or found.rule not in _PEERS_ASSERTS


def _read_ours(output: str) -> Iterator[Found]:
    return (Found(Path(f["path"]).stem, f["line"], f["rule"], f["cwe"]) for f in json.loads(output))


def _read_bandit(output: str) -> Iterator[Found]:
    results: list[dict[str, Any]] = json.loads(output)["results"]
    return (Found(Path(f["filename"]).stem, f["line_number"], f["test_id"], 0) for f in results)


def _read_ruff(output: str) -> Iterator[Found]:
    results: list[dict[str, Any]] = json.loads(output)
    return (Found(Path(f["filename"]).stem, f["location"]["row"], f["code"], 0) for f in results)


_RUFF = ("check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--select=S")
_BANDIT = ("-q", "--exit-zero", "--ignore-nosec", "--format=json", "--recursive")
_PYTHON = (sys.executable, "-m")

OURS = Scanner("ours", (*_PYTHON, "evaluator", "scan", "--json"), _read_ours, _own_cwe)
BANDIT = Scanner("bandit", (*_PYTHON, "bandit", *_BANDIT), _read_bandit, _anything)
RUFF = Scanner("ruff", (*_PYTHON, "ruff", *_RUFF, "--output-format=json"), _read_ruff, _anything)
SCANNERS = (OURS, BANDIT, RUFF)
