"""Finding near-identical texts, labelling them, and counting with and without them."""
