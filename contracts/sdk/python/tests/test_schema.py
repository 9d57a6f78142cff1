import unittest

import path  # noqa: F401
from moby_sdk import CodedError
from moby_sdk.schema import check, parse_json

TEXT = {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[a-z]+$"}
OBJECT = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": TEXT, "list": {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": 2}},
    "additionalProperties": False,
}


def problem(schema, value):
    try:
        check(schema, value, "WIRE_REQUEST_INVALID", "it")
    except CodedError as error:
        return error.details["path"], error.message
    return None


class CheckTest(unittest.TestCase):
    def test_takes_what_matches(self):
        for schema, value in [
            (OBJECT, {"name": "abc", "list": [0, 1.0]}),
            ({"type": "object", "patternProperties": {"^.*$": TEXT}}, {"any key": "a"}),
            ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
            ({"type": "string", "contentEncoding": "base64"}, "AQI="),
            ({"type": "array", "items": [{"type": "string"}, {"type": "boolean"}]}, ["a", True]),
            ({}, {"whatever": [None]}),
        ]:
            self.assertIsNone(problem(schema, value), value)

    def test_names_what_does_not(self):
        for schema, value, path_ in [
            (OBJECT, {}, ""),
            (OBJECT, {"name": "abcd"}, "/name"),
            (OBJECT, {"name": ""}, "/name"),
            (OBJECT, {"name": "ab\n"}, "/name"),
            (OBJECT, {"name": "a", "nme": 1}, "/nme"),
            (OBJECT, {"name": "a", "list": [0, -1]}, "/list/1"),
            (OBJECT, {"name": "a", "list": [0, True]}, "/list/1"),
            (OBJECT, {"name": "a", "list": [0, 1.5]}, "/list/1"),
            (OBJECT, {"name": "a", "list": [0, 1, 2]}, "/list"),
            (OBJECT, [], ""),
            ({"type": "object", "patternProperties": {"^.*$": TEXT}}, {"a/b~": 1}, "/a~1b~0"),
            ({"anyOf": [{"type": "string"}, OBJECT]}, {"name": 1}, "/name"),
            ({"type": "string", "contentEncoding": "base64"}, "AQI", ""),
            ({"type": "string", "enum": ["a", "b"]}, "c", ""),
            ({"type": "string", "pattern": r"^\d$"}, "٣", ""),
        ]:
            found = problem(schema, value)
            self.assertIsNotNone(found, value)
            self.assertEqual(found[0], path_, value)


class ParseTest(unittest.TestCase):
    def test_counts_depth_outside_of_strings(self):
        deep = b"[" * 64 + b"]" * 64
        self.assertTrue(parse_json(deep, 64, "WIRE_REQUEST_INVALID", "it"))
        self.assertEqual(parse_json(b'"' + b"[" * 100 + b'\\"["', 64, "WIRE_REQUEST_INVALID", "it")[:2], "[[")
        with self.assertRaises(CodedError):
            parse_json(b"[" + deep + b"]", 64, "WIRE_REQUEST_INVALID", "it")
        with self.assertRaises(CodedError):
            parse_json(b'{"a":' * 1_000_000, 64, "WIRE_REQUEST_INVALID", "it")

    def test_refuses_what_is_no_json(self):
        for text in (b"", b"{", b"NaN", b'{"a":Infinity}', b"'a'", b"1 2"):
            with self.assertRaises(CodedError):
                parse_json(text, 64, "WIRE_REQUEST_INVALID", "it")


if __name__ == "__main__":
    unittest.main()
