"""Tests of electronic payroll."""
