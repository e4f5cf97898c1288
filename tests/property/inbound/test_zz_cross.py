from hypothesis import given, settings, strategies as st
from tests.property.inbound.strategies import *
from tests.oracle import checks
from features.inbound.strict import read
from features.inbound.rejected import Rejected
from features.inbound.times import parse_time
from features.inbound.deadletters import masked
from features.inbound.layout import *
import json
@settings(max_examples=6000, deadline=None)
@given(st.one_of(odd_records(),broken_records()))
def test_cross(value):
    line=checks.read_line(value)
    try: r,_=read(value); code=None
    except Rejected as e: code=e.code; kind=e.kind; ch=e.cardholder_id; d=e.detail
    if code=="schema" and "1e999" in d: return
    assert code==line.code,(code,line)
    if code is None:
        epoch=719163*checks.DAY
        assert parse_time(r.occurred_at)==line.at-epoch
    elif line.topic:
        assert TOPICS[TOPIC_OF_KIND[kind]]==line.topic
        if line.topic!="control": assert ch==line.key
piece=st.one_of(st.text("0123456789",min_size=0,max_size=17),st.sampled_from(["4111111111111111","\\u0034","\\u0031","\\u00e9","\\\\","\\u00a2","\\u0035111","x","\\n","411111111","1111111","5105105105105100","*"]))
def dec(t):
    try: return json.loads('"'+t+'"')
    except ValueError: return None
@settings(max_examples=20000, deadline=None)
@given(st.lists(piece,max_size=8).map("".join))
def test_mask(t):
    a=masked(t.encode()).decode(); b=checks.mask(t)
    assert dec(a)==dec(b),(t,a,b)
    if dec(a) is None: return
    assert not checks.pan_spans(a) and not checks.pan_spans(dec(a))
    if not checks.pan_spans(t) and not checks.pan_spans(dec(t)): assert a==t
