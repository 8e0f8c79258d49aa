from importlib import import_module

Migration = import_module("tests.store.toy.first.0001_initial").Migration
