"""The marker in a post's first block, before WordPress's own editors: it makes no block invalid, and it stays."""

import pytest

from sidecar.adapters.wordpress.content_marker import marked, marker_in, unmarked
from sidecar.blocks import PageId
from tests.render.cases import VERSIONS, cases

PAGE = PageId("11111111-1111-4111-8111-111111111111")
KEEPS = {"6.8", "newest"}
"""WordPress 6.1 leaves the attribute out when somebody saves the post: its blocks have no such attribute yet."""


@pytest.mark.parametrize("version", VERSIONS)
def test_no_editor_minds_the_marker(editors, version):
    documents = [case.markup(version) for case in cases() if case.markup(version)]
    plain = editors[version].verdicts(documents)
    signed = editors[version].verdicts([marked(document, PAGE) for document in documents])
    assert [verdict.problems for verdict in signed] == [verdict.problems for verdict in plain]
    assert [unmarked(verdict.saved) for verdict in signed] == [verdict.saved for verdict in plain]
    kept = {marker_in(verdict.saved) for verdict in signed}
    assert kept == ({PAGE} if version in KEEPS else {None})
