"""Keys of responses and what stands for them in addresses."""

from uuid import UUID

from surveys.identifiers import uuid7
from surveys.masks import masked, unmasked


def test_a_key_and_its_mask_lead_to_each_other():
    keys = [uuid7() for _number in range(200)]

    assert [unmasked(masked(key)) for key in keys] == keys
    assert [masked(unmasked(key)) for key in keys] == keys


def test_masks_tell_no_order_and_differ_wherever_keys_do():
    # One millisecond after the other, and nothing else.
    masks = [masked(UUID(int=number << 80)) for number in range(1_000)]
    begins = {mask.int >> 80 for mask in masks}
    ascents = sum(one < other for one, other in zip(masks, masks[1:], strict=False))

    assert len(begins) == len(set(masks)) == 1_000
    assert 400 < ascents < 600


def test_another_installation_has_other_masks(settings):
    key = uuid7()
    here = masked(key)
    settings.SECRET_KEY = "another installation’s, which is another one"

    assert masked(key) != here
