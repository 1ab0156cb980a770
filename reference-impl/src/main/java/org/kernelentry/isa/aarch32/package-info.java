/** The AArch32 instruction set, shared by arm and by arm64's compat tasks. */
@NullMarked
package org.kernelentry.isa.aarch32;

import org.jspecify.annotations.NullMarked;
