/** What the decoders of instruction sets share. */
@NullMarked
package org.kernelentry.isa;

import org.jspecify.annotations.NullMarked;
