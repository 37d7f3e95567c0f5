#!/usr/bin/env node
// There before the first build, so that a workspace can link it; the command line itself is one bundled file.
import '../dist/cli.js'
