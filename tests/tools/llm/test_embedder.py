"""The bundled embedding model: close things are near, vectors are unit vectors, a text's neighbours do not matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from storage.values.errors import Unavailable
from tools.llm.embedder import Embedder, open_embedder


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


def test_sentences_of_one_meaning_are_near_and_others_far(embedder: Embedder) -> None:
    unpaid, late, birthday = embedder.embed(
        ["the invoice was not paid", "that invoice is late", "happy birthday, Tom!"]
    )
    assert unpaid @ late > 0.6
    assert unpaid @ birthday < 0.25


def test_known_cosines_stay_what_they_were(embedder: Embedder) -> None:
    query, related, unrelated = embedder.embed(["the invoice of acme", "bill from Acme Ltd", "what a lovely birthday"])
    assert query @ related == pytest.approx(0.735, abs=0.02)
    assert query @ unrelated == pytest.approx(0.023, abs=0.02)


def test_vectors_are_float32_of_length_one(embedder: Embedder) -> None:
    vectors = embedder.embed(["one", "two words", "", "\0\u200b", "🎂" * 50])
    assert vectors.shape == (5, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_alone_and_among_others_has_the_same_vector(embedder: Embedder) -> None:
    texts = ["short", "a much longer sentence about the quarterly budget of the Lisbon office", "x"]
    assert np.array_equal(embedder.embed(texts), np.concatenate([embedder.embed([text]) for text in texts]))


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_a_text_of_a_megabyte_costs_no_more_than_the_token_limit(embedder: Embedder) -> None:
    long = "invoice " * 125_000
    assert np.array_equal(embedder.embed([long]), embedder.embed(["invoice " * 200]))


def test_fewer_tokens_read_less_of_a_text(embedder: Embedder) -> None:
    start = "the invoice of March"
    assert np.array_equal(embedder.embed([start + " and a birthday"], tokens=8), embedder.embed([start]))


def test_a_model_file_that_was_changed_is_not_run(tmp_path: Path) -> None:
    altered = tmp_path / "model.onnx"
    altered.write_bytes(b"not the model")
    with pytest.raises(Unavailable, match="not the one"):
        Embedder(altered).embed(["hello"])


def test_a_missing_model_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="not installed"):
        Embedder(tmp_path / "none.onnx").embed(["hello"])
