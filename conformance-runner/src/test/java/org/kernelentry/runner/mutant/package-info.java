/** What runs inside the loader of a mutant: the whole project once more, with one mistake in it. */
@NullMarked
package org.kernelentry.runner.mutant;

import org.jspecify.annotations.NullMarked;
