import { field, list, mapping, text } from '../../manifest/index.ts';
import type { Entity } from './entity.ts';
import { labelSelectorOf, type LabelSelector } from './selector.ts';

/** One webhook of a configuration. */
export interface Webhook {
  readonly name: string;
  readonly url: string | undefined;
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  readonly namespaceSelector: LabelSelector | undefined;
  readonly objectSelector: LabelSelector | undefined;
  readonly path: string;
}

/** A MutatingWebhookConfiguration or ValidatingWebhookConfiguration. */
export interface WebhookConfiguration extends Entity {
  readonly webhooks: readonly Webhook[];
}

export function webhookConfigurationOf(entity: Entity): WebhookConfiguration {
  return {
    ...entity,
    webhooks: list(entity.manifest.object.webhooks).map((webhook, i) => {
      const client = field(webhook, 'clientConfig');
      const service = mapping(field(client, 'service'));
      return {
        name: text(field(webhook, 'name')) ?? '',
        url: text(field(client, 'url')),
        service: service && { namespace: text(service.namespace) ?? '', name: text(service.name) ?? '' },
        namespaceSelector: labelSelectorOf(field(webhook, 'namespaceSelector')),
        objectSelector: labelSelectorOf(field(webhook, 'objectSelector')),
        path: `webhooks[${i}]`,
      };
    }),
  };
}
