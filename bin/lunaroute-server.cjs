#!/usr/bin/env node
// The name that people coming from the Rust original know: the same program, headless by default.
require('./launch.cjs')(['--headless']);
