-- Sets of annotation: what the store keeps under `id`, by name and version. Of a name the highest `number` is
-- current; older ones stay.

CREATE TABLE annotation_sets (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    id TEXT NOT NULL,
    manifest_digest TEXT NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    entries BIGINT NOT NULL,
    files TEXT NOT NULL,
    loaded_at TEXT NOT NULL,
    UNIQUE (name, version)
);

-- Layers of a release: 1 is made with it, others later. A layer never changes. A release made before there were
-- layers has none.
CREATE TABLE annotation_layers (
    freeze_name TEXT NOT NULL REFERENCES freezes (name),
    number BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (freeze_name, number)
);

CREATE TABLE annotation_layer_sets (
    freeze_name TEXT NOT NULL,
    layer BIGINT NOT NULL,
    set_number BIGINT NOT NULL REFERENCES annotation_sets (number),
    PRIMARY KEY (freeze_name, layer, set_number),
    FOREIGN KEY (freeze_name, layer) REFERENCES annotation_layers (freeze_name, number)
);
