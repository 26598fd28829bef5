"""MovieLens-100K as the Python package recbole ships it: read, split by time, and answers judged."""

import math

HEADING = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"


def read(path):
    """{user: [(second, item), ...] oldest first}; of one second in the order of the file."""
    with open(path, encoding="utf-8") as file:
        next(file)
        rows = [line.rstrip("\n").split("\t") for line in file]
    by_user = {}
    for user, item, _, second in rows:
        by_user.setdefault(user, []).append((int(float(second)), item))
    for taken in by_user.values():
        taken.sort(key=lambda one: one[0])
    return by_user


def leave_out(by_user, back):
    """(what is known of each user, the item to find): the last item for `back` 1, the one before it for 2."""
    return ({user: taken[:-back] for user, taken in by_user.items()},
            {user: taken[-back][1] for user, taken in by_user.items()})


def by_time(by_user):
    """[(second, user, item), ...] in the order in which they would have come."""
    rows = [(second, user, item) for user, taken in by_user.items() for second, item in taken]
    return sorted(rows, key=lambda row: row[0])


def write(path, by_user):
    """As a file of interactions, by time."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADING)
        file.writelines(f"{user}\t{item}\t1\t{second}\n" for second, user, item in by_time(by_user))


def quality(answers, wanted):
    """NDCG@10 and Recall@20 of {user: [item, ...] best first}, where one item of each user is wanted."""
    gain = found = 0
    for user, item in wanted.items():
        items = answers[user][:20]
        if item in items:
            found += 1
            place = items.index(item)
            gain += 1 / math.log2(place + 2) if place < 10 else 0
    return gain / len(wanted), found / len(wanted)


def read_items(path):
    """[(item, category), ...]: of the classes that an item has, the first is its category."""
    with open(path, encoding="utf-8") as file:
        next(file)
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [(row[0], row[3].split(" ")[0]) for row in rows]
