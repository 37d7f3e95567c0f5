#!/usr/bin/env node
// There before the first build, so that a workspace can link it; the program itself is one bundled file.
import '../dist/schema-engine.js'
