package org.kernelentry.isa;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.kernelentry.machine.ir.Helper;

/** The helpers of one CPU by number, each made when it is first asked for: there are thousands, and a program calls few. */
public final class LazyHelpers implements IntFunction<Helper> {
    private final IntFunction<Helper> maker;
    private final Map<Integer, Helper> made = new HashMap<>();

    /** @param maker makes the helper with a number; those of one CPU may share what the maker knows */
    public LazyHelpers(final IntFunction<Helper> maker) {
        this.maker = maker;
    }

    @Override
    public Helper apply(final int number) {
        return made.computeIfAbsent(number, maker::apply);
    }
}
