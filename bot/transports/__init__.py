"""Thin ways in and out: receive text, ask the assistant, render."""
