package org.kernelentry.runner.spec;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The catalogue of documented behaviours, with the rows that map patches, differences and questions on them. */
public final class Catalogue {
    private final CatalogueLegend legend;
    private final Map<String, CatalogueFamily> families;
    private final Map<String, Behaviour> behaviours;
    private final Map<String, MappingRow> mappingRows;

    Catalogue(
            CatalogueLegend legend,
            List<CatalogueFamily> families,
            Collection<Behaviour> behaviours,
            Collection<MappingRow> mappingRows) {
        this.legend = legend;
        Map<String, CatalogueFamily> byName = new LinkedHashMap<>();
        families.forEach(f -> byName.put(f.name(), f));
        Map<String, Behaviour> byId = new LinkedHashMap<>();
        behaviours.forEach(b -> byId.put(b.id(), b));
        Map<String, MappingRow> mappingById = new LinkedHashMap<>();
        mappingRows.forEach(m -> mappingById.put(m.id(), m));
        this.families = Collections.unmodifiableMap(byName);
        this.behaviours = Collections.unmodifiableMap(byId);
        this.mappingRows = Collections.unmodifiableMap(mappingById);
    }

    /**
     * The catalogue that comes with the program.
     *
     * @throws SpecException if a row is malformed
     */
    public static Catalogue fromClassPath() {
        return load(SpecFolder.classPath());
    }

    /**
     * The catalogue in the folder {@code catalogue} of a spec.
     *
     * @throws SpecException if a row is malformed
     */
    public static Catalogue load(SpecFolder folder) {
        return new CatalogueReader(folder).read();
    }

    public CatalogueLegend legend() {
        return legend;
    }

    /** All families, in the order of the index: those of behaviours, then those of mapping rows. */
    public Collection<CatalogueFamily> families() {
        return families.values();
    }

    /** The family of that name. */
    public Optional<CatalogueFamily> family(String name) {
        return Optional.ofNullable(families.get(name));
    }

    /** All behaviours, family by family. */
    public Collection<Behaviour> behaviours() {
        return behaviours.values();
    }

    /** The behaviours of a family, by number; empty if there is no such family. */
    public List<Behaviour> behaviours(String family) {
        return behaviours.values().stream()
                .filter(b -> b.family().equals(family))
                .toList();
    }

    /** The behaviour with that ID. */
    public Optional<Behaviour> find(String id) {
        return Optional.ofNullable(behaviours.get(id));
    }

    /**
     * The behaviour with that ID.
     *
     * @throws SpecException if there is none; the sentence names the nearest IDs
     */
    public Behaviour require(String id) {
        Behaviour behaviour = behaviours.get(id);
        if (behaviour == null) {
            throw new SpecException(
                    "There is no behaviour " + id + " in the catalogue" + Nearest.hint(id, behaviours.keySet()) + ".");
        }
        return behaviour;
    }

    /** All mapping rows, family by family. */
    public Collection<MappingRow> mappingRows() {
        return mappingRows.values();
    }

    /** The mapping row with that ID. */
    public Optional<MappingRow> findMapping(String id) {
        return Optional.ofNullable(mappingRows.get(id));
    }
}
