/** Small wrong changes to the entry code, and the proof that scenarios catch them. */
@NullMarked
package org.kernelentry.runner.mutation;

import org.jspecify.annotations.NullMarked;
