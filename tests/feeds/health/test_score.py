"""A venue that goes wrong again and again is left out, and taken back once it has healed; it never flaps."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.health.score import OUT_FOR_NS, POINTS, SECOND_NS, Incident, VenueScore

incidents = st.sampled_from(list(Incident))
trains = st.lists(st.tuples(st.floats(0.0, 40.0), incidents), max_size=120)
half_lives = st.sampled_from([0.5, 5.0, 60.0])


def test_a_venue_begins_at_a_hundred():
    score = VenueScore()
    assert score.score(0) == 100.0
    assert score.reason is None
    assert score.describe(0) == "score 100"


@pytest.mark.parametrize("incident", Incident)
def test_one_incident_never_excludes(incident):
    score = VenueScore()
    score.on_incident(incident, 0)
    assert score.score(0) == 100.0 - POINTS[incident]
    assert not score.excluded


def test_an_incident_is_half_forgotten_after_a_minute():
    score = VenueScore()
    score.on_incident(Incident.GAP, 0)
    assert score.score(60 * SECOND_NS) == pytest.approx(96.0)
    assert score.score(120 * SECOND_NS) == pytest.approx(98.0)


def test_it_is_excluded_below_40_and_returns_above_70():
    score = VenueScore()
    for _ in range(7):
        score.on_incident(Incident.GAP, 0)
    assert not score.excluded
    score.on_incident(Incident.GAP, 0)
    assert score.excluded
    assert score.look(65 * SECOND_NS)
    assert not score.look(66 * SECOND_NS)
    assert score.reason is None


def test_the_reason_names_what_cost_most_and_stays_as_it_was_said():
    score = VenueScore()
    for n in range(4):
        score.on_incident(Incident.GAP, n * SECOND_NS)
    for n in range(2):
        score.on_incident(Incident.DISCONNECT, (4 + n) * SECOND_NS)
    score.on_incident(Incident.REFUSED, 6 * SECOND_NS)
    assert score.reason == "score 39: 4 gaps and 2 disconnects in the last 3 minutes"
    score.on_incident(Incident.CROSS_CHECK, 7 * SECOND_NS)
    assert score.reason == "score 39: 4 gaps and 2 disconnects in the last 3 minutes"
    assert score.describe(8 * SECOND_NS) == "score 13: 4 gaps and 2 disconnects in the last 3 minutes"


def test_one_of_a_kind_is_named_in_the_singular():
    score = VenueScore()
    score.on_incident(Incident.CROSS_CHECK, 0)
    assert score.describe(0) == "score 75: 1 failed cross-check in the last 3 minutes"


def test_however_much_goes_wrong_two_minutes_without_heal_it():
    score = VenueScore()
    for n in range(10_000):
        score.on_incident(Incident.CROSS_CHECK, n)
    assert score.score(10_000) == 0.0
    assert not score.look(121 * SECOND_NS)


def test_it_never_returns_within_ten_seconds_however_fast_it_heals():
    score = VenueScore(half_life_s=0.1)
    for _ in range(10):
        score.on_incident(Incident.LAG, 0)
    assert score.look(OUT_FOR_NS - 1)
    assert not score.look(OUT_FOR_NS)


@settings(max_examples=150, deadline=None)
@given(trains, half_lives)
def test_it_never_flaps_faster_than_its_bounds(train, half_life_s):
    score, now_ns, points = VenueScore(half_life_s), 0, 0.0
    exclusions: list[tuple[int, float]] = []
    for pause_s, incident in train:
        for step in range(1, 5):  # it may return between two incidents
            score.look(now_ns + int(pause_s * SECOND_NS * step / 4))
        now_ns += int(pause_s * SECOND_NS)
        was_excluded = score.excluded
        points += POINTS[incident]
        score.on_incident(incident, now_ns)
        if score.excluded and not was_excluded:
            exclusions.append((now_ns, points))
    for (one_ns, one_points), (other_ns, other_points) in pairwise(exclusions):
        assert other_ns - one_ns >= OUT_FOR_NS
        assert other_points - one_points > 30.0
    assert len(exclusions) <= min(1 + now_ns // OUT_FOR_NS, points // 30.0)


@settings(max_examples=50, deadline=None)
@given(trains, st.lists(st.floats(0.0, 4_000.0), max_size=30))
def test_looking_more_often_changes_no_score(train, looks):
    calm, watched, now_ns = VenueScore(), VenueScore(), 0
    for pause_s, incident in train:
        for at_s in looks:
            if now_ns <= at_s * SECOND_NS < now_ns + pause_s * SECOND_NS:
                watched.look(int(at_s * SECOND_NS))
        now_ns += int(pause_s * SECOND_NS)
        calm.on_incident(incident, now_ns)
        watched.on_incident(incident, now_ns)
        assert calm.score(now_ns) == watched.score(now_ns)
