-- Which of two registries is in force. `moved`: this one was moved to `place` and is not written to again.
-- `arriving`: this one is a copy of `place` that is not in force yet.

CREATE TABLE registry_moves (
    kind TEXT NOT NULL PRIMARY KEY CHECK (kind IN ('moved', 'arriving')),
    place TEXT NOT NULL
);
