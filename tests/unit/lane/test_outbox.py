"""What a lane gives out, as a version with fewer flows wrote it."""

from __future__ import annotations

from streams.ports.outbox import (
    LABELS,
    OBSERVATIONS,
    OUTCOMES,
    Cut,
    Entry,
    Message,
    chained,
    cut_from_json,
    cut_to_json,
    not_yet_sent,
    unpack_entry,
)

# written when there were six flows
FIRST = (
    b'{"batch":1,"offsets":[3,0,0,0,0,0,0],"counts":[2,0,1,0,0,0],"model":null,"rulebook":"",'
    b'"watermark":null,"outputs":"ab","chain":"b45eef373021661c","verdict":null,"panel":null}'
)
SECOND = (
    b'{"batch":2,"offsets":[7,1,0,0,0,0,0],"counts":[4,1,3,1,0,0],"model":null,"rulebook":"",'
    b'"watermark":null,"outputs":"cd","chain":"33a992d30f23c15e","verdict":null,"panel":null}'
)
ENTRY = (
    b"\x92\x8a\xa5batch\x02\xa7offsets\x97\x07\x01\x00\x00\x00\x00\x00\xa6counts\x96\x04\x01\x03\x01\x00\x00"
    b"\xa5model\xc0\xa8rulebook\xa0\xa9watermark\xc0\xa7outputs\xa2cd\xa5chain\xb033a992d30f23c15e"
    b"\xa7verdict\xc0\xa5panel\xc0\x91\x94\x02\xc4\x01c\xc4\x02{}\x90"
)


def test_a_cut_of_six_flows_has_given_out_no_outcomes() -> None:
    cut = cut_from_json(SECOND)
    assert cut.counts == (4, 1, 3, 1, 0, 0, 0)
    assert cut_from_json(cut_to_json(cut)) == cut


def test_a_cut_of_six_flows_has_the_digest_of_then() -> None:
    first, second = cut_from_json(FIRST), cut_from_json(SECOND)
    assert chained(first, None) == first
    assert chained(second, first) == second


def test_outcomes_are_in_the_digest_once_there_are_some() -> None:
    first, second = cut_from_json(FIRST), cut_from_json(SECOND)
    after = [
        chained(Cut(2, second.offsets, (4, 1, 3, 1, 0, 0, told), outputs="cd"), first) for told in range(3)
    ]
    assert len({cut.chain for cut in after}) == 3
    assert after[0].chain == second.chain


def test_an_entry_of_six_flows_is_sent_and_followed_by_one_of_seven() -> None:
    entry = unpack_entry(ENTRY)
    assert entry.cut == cut_from_json(SECOND)
    seen = Message(OBSERVATIONS, b"c", b"{}", [])
    assert not_yet_sent(entry, cut_from_json(FIRST).counts).messages == [seen]
    assert not_yet_sent(entry, entry.cut.counts).messages == []
    told = [Message(LABELS, b"c", b"1", []), Message(OUTCOMES, b"c", b"2", [])]
    following = Entry(chained(Cut(3, (9, 1, 0, 0, 0, 0, 1), (4, 1, 3, 2, 0, 0, 1)), entry.cut), told)
    assert not_yet_sent(following, entry.cut.counts).messages == told
    assert not_yet_sent(following, (4, 1, 3, 2, 0, 0, 0)).messages == told[1:]
