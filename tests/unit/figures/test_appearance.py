from sdmodels.figures.appearance import appearance


def test_eight_policies_have_eight_colours():
    assert len({appearance(position).colour for position in range(8)}) == 8


def test_forty_policies_can_be_told_apart():
    assert len({(look.colour, look.dashes) for look in map(appearance, range(40))}) == 40


def test_neighbours_differ_in_dashes_too():
    assert all(appearance(n).dashes != appearance(n + 1).dashes for n in range(40))
