"""The rule language: vocabulary, parser, syntax tree and its two compilers."""
