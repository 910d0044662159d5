#!/bin/sh
exec contractor ansible-inventory "$@"
